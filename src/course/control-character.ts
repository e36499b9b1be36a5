/**
 * Where the first character stands that a terminal would act on or that reorders what a reader sees, or -1. Tabs and line ends are text.
 * Bidirectional controls: Boucher and Anderson, "Trojan Source", 2021.
 */
export const controlCharacterAt = (text: string): number =>
  text.search(/(?![\t\n\r])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u)
