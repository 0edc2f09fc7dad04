// What the server tells the page and what the page tells it, as types: for the checks in tests/page, and for readers.

/** A piece of an answer: its text `t` and, where something points at it, what (`rule`, `model`) and why (`title`). */
export interface Piece { t: string; kind?: string; title?: string }

export type Verdict = "yes" | "no" | "unsure";

/** A code, as the coding page lists it. `n`: how many answers have it. */
export interface Code { id: string; number: number; label: string; definition: string; net: string; n: number }

/** A code that is proposed. `on`: Enter gives it. `chance` (0..1) is null where the machine learned nothing of it. */
export interface Proposal { code: string; on: boolean; chance: number | null; why: string }

/**
 * An answer with what was decided of it. `seen`: it is coded, or `examined` as a whole. `same`: how many others say
 * the same.
 */
export interface Answer {
  id: string; segments: Piece[]; long: boolean; background: [string, string][]; given: Record<string, Verdict>;
  seen: boolean; examined: boolean; flag: boolean; note: string; proposals: Proposal[]; same: number;
  others: { who: string; codes: string[] }[];
}

/** An answer as the page holds it. `open`: what is proposed still counts as chosen. */
export type Held = Answer & { open: boolean };

/** Another answer that says the same. `coded`: by who asks. */
export interface Same { id: string; text: string; coded: boolean }

export type Act = { id?: string } & (
  | { kind: "decide"; units: string[]; codes: Record<string, Verdict>; seen?: boolean; adjudicate: boolean }
  | { kind: "flag"; unit: string; on: boolean }
  | { kind: "note"; unit: string; note: string }
  | { kind: "undo"; adjudicate: boolean }
);

/** What became of an act: why it was refused, or what was undone and how the answers look now. */
export interface Done { id: string; error?: string; unit?: string; undone?: string[]; units?: Answer[] }

/** What rules find. `coded`: of the answers found those that people coded; `right`: those that have the code. */
export interface Found {
  answers: number; coded: number; right: number; hits: Piece[][];
  broken: { rule: string; column: number; said: string }[];
  rules: { rule: string; answers: number; coded: number; right: number }[];
}

export type ListName = "rules" | "exceptions" | "examples" | "counterexamples";

/** A code with all that a form of the codebook has. */
export type Form = Omit<Code, "n"> & Record<ListName, string[]> & { labels: Record<string, string>; negation: string };

export type BookCode = Form & { n: number; failing: string[]; broken: boolean; given: Piece[][] };

export interface Version { number: number; who: string; at: string; changes: string[] }

export interface Book { version: number; versions: Version[]; codes: BookCode[] }

/** A table as it is shown. `number`: the column stands to the right. */
export interface Table {
  title: string; columns: { name: string; number: boolean }[]; rows: string[][]; notes: string[];
}

export interface Results { state: string; top: Table[]; comparison: Table[]; agreement: Table[]; machine: Table[] }

/** `progress`: 0..1. */
export interface Estimated { busy: boolean; said: string; progress: number; tables: Table[] }

export interface Learning {
  open: boolean; busy: boolean; said: string; version: number; changes: string[]; enough: boolean;
}

/** Shares and the ends of their intervals: 0..1. */
export interface HourCode { label: string; share: number; low: number; high: number; next_low: number; next_high: number }

/** `sample`: what is said of the random sample; `pace`: answers an hour, null where it is not known yet. */
export interface Status {
  answers: number; coded: number; sample: string; mine: number; pace: number | null; counts: Record<string, number>;
  codebook: number; hour: { note: string; codes: HourCode[] }; learning: Learning;
}

/** What the server tells by the last word of the address. */
export interface Answers {
  acts: { done: Done[] };
  code: object;
  codebook: Book;
  codes: { codes: Code[] };
  estimate: Estimated;
  estimated: Estimated;
  language: object;
  learn: { learning: Learning };
  merge: object;
  "new-code": { code: string };
  queue: { ids: string[]; total: number; why: Record<string, string>; note: string };
  results: Results;
  rules: Found;
  "sign-out": { to: string };
  similar: { units: Same[] };
  split: object;
  status: Status;
  units: { units: Answer[]; taken: string[] };
}
