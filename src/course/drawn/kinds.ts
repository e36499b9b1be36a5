/** What lists need to know of the questions from fresh runs, without loading what makes them. */
export const DRAWN_KINDS = [
  {
    name: 'linearizable',
    title: 'Is this history linearizable?',
    about: 'Three clients, three copies, and what they heard. The checker knows; do you?',
  },
  {
    name: 'who-accepts',
    title: 'Can this side accept the write?',
    about: 'A cluster, its rule, a cut. Say who gets an OK, and the run tells.',
  },
  {
    name: 'what-reads',
    title: 'What will this read return?',
    about: 'Three copies at distances, one write, one read. Count the milliseconds, and the run tells.',
  },
] as const

export type DrawnKind = (typeof DRAWN_KINDS)[number]['name']
