/** The reflected polynomial of CRC-32 (IEEE 802.3, section 3.2.9). */
const POLYNOMIAL = 0xedb88320

/** CRC-32 of a text, over the UTF-16 units of its characters, low byte first: every single flipped bit changes it. */
export const crc32 = (text: string): number => {
  let crc = 0xffffffff
  const take = (byte: number): void => {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ ((crc & 1) === 1 ? POLYNOMIAL : 0)
  }
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    take(unit & 0xff)
    if (unit > 0xff) take(unit >>> 8)
  }
  return (crc ^ 0xffffffff) >>> 0
}
