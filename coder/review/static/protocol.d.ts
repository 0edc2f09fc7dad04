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
 * the same. `again`: it is judged again, without what was given.
 */
export interface Answer {
  id: string; segments: Piece[]; long: boolean; background: [string, string][]; given: Record<string, Verdict>;
  seen: boolean; examined: boolean; flag: boolean; note: string; proposals: Proposal[]; same: number;
  others: { who: string; codes: string[] }[]; again: boolean;
}

/** An answer as the page holds it. `open`: what is proposed still counts as chosen. */
/** `begun`: a key gave or took away a code since it came. */
export type Held = Answer & { open: boolean; begun?: boolean };

/** Another answer that says the same. `coded`: by who asks. */
export interface Same { id: string; text: string; coded: boolean }

export type Act = { id?: string } & (
  | { kind: "decide"; units: string[]; codes?: Record<string, Verdict>; each?: Record<string, Record<string, Verdict>>;
      seen?: boolean; adjudicate: boolean; again?: boolean }
  | { kind: "flag"; unit?: string; units?: string[]; on: boolean }
  | { kind: "note"; unit: string; note: string }
  | { kind: "undo"; adjudicate?: boolean; grid?: boolean }
  | { kind: "code"; document: string; spans: SpanSent[]; since: number | null }
  | { kind: "uncode"; document: string; fragments: string[]; since: number | null }
  | { kind: "memo"; document: string; fragments: string[]; memo: string; since: number | null }
  | { kind: "settle"; document: string; start: number; end: number; spans: SpanSent[]; on: boolean; since: number }
  | { kind: "rule"; document: string; fragments: string[]; stands: string[]; spans: SpanSent[]; on: boolean; since: number }
  | { kind: "read"; document: string; start: number; end: number; on: boolean; since: number }
);

/** What became of an act: why it was refused, or what was undone and how the answers look now. */
export interface Done extends ReadDone {
  id: string; unit?: string; undone?: string[]; units?: Answer[]; marks?: Record<string, Mark>; codebook?: number;
}

/** A column: its distinct values, and of each answer which one it has. */
export interface Cells { values: string[]; rows: number[] }

/** How a code is given: the last word, by who asks (surely or not), or by another (surely or not). */
export type How = "last" | "mine" | "unsure" | "other" | "doubt";

/** What was decided of an answer. `who` saw it; `seen`: who asks did. */
export interface Mark { codes: Record<string, How>; who: string[]; flag: boolean; seen: boolean; apart: boolean }

export interface GridShown {
  event: number; codes: Code[]; ids: string[]; texts: string[]; columns: string[]; wave: Cells | null;
  cells: Record<string, Cells>; marks: Record<string, Mark>; silent: number[];
}

/** What rules find. `coded`: of the answers found those that people coded; `right`: those that have the code. */
export interface Found {
  here: boolean; answers: number; coded: number; right: number; hits: Piece[][];
  broken: { rule: string; column: number; said: string }[];
  rules: { rule: string; answers: number; coded: number; right: number }[];
}

export type ListName = "rules" | "exceptions" | "examples" | "counterexamples";

/** A code with all that a form of the codebook has. */
export type Form = Omit<Code, "n"> & Record<ListName, string[]> & { labels: Record<string, string>; negation: string };

export type BookCode = Form & { n: number; failing: string[]; broken: boolean; given: Piece[][] };

/** `undo`: who asks may undo it; `undoes`: it undoes another. */
export interface Version { number: number; who: string; at: string; changes: string[]; undo: boolean; undoes: boolean }

export interface Book { version: number; versions: Version[]; codes: BookCode[] }

/**
 * A table as it is shown. `number`: the column stands to the right. Of each cell `links` says what is asked where it
 * leads ("": nowhere), and `heat` (0..1) how dark it is.
 */
export interface Table {
  title: string; columns: { name: string; number: boolean }[]; rows: string[][]; notes: string[];
  links?: string[][]; heat?: number[][];
}

/** An element of SVG: its name, its attributes, and elements or words in it. */
export type Shape = [string, Record<string, string>, ...(Shape | string)[]];

export interface Drawing { width: number; height: number; shapes: Shape[] }

/** What a mark of a picture stands for: a code, and perhaps a group or another code. */
export interface PictureMark { code: string; group: string; with: string }

/**
 * `drawing`: null where it cannot be made; `why` says then what it would need. `coded`: there is something to save.
 * `unplaced`: the lines of a published list that are no code, each with the code that it looks like or "", and the codes
 * (id, label) that it may be.
 */
export interface Results {
  state: string; base: string; choice: { then: string; by: string }; heading: string; subtitle: string; source: string;
  drawing: Drawing | null; why: string; tables: Table[]; machine: Table[]; coded: boolean; divided: string;
  behind: { busy: boolean; said: string } | null;
  unplaced: { lines: [string, string][]; codes: [string, string][] } | null;
}

/**
 * An answer behind a mark. `codes`: those that count; `others` coded it; `mine`: who asks did; `last`: a correction is the
 * last word; `whole`: nobody coded it, so that a correction is of all codes.
 */
export interface Marked {
  id: string; segments: Piece[]; background: [string, string][]; codes: string[]; others: string[]; mine: boolean;
  last: boolean; whole: boolean;
}

/** `progress`: 0..1. */
export interface Estimated {
  busy: boolean; said: string; old: string; progress: number; warnings: string[]; tables: Table[];
  picture?: { heading: string; subtitle: string; source: string; drawing: Drawing };
}

export interface Learning {
  open: boolean; busy: boolean; said: string; version: number; changes: string[]; enough: boolean;
}

/** Shares and the ends of their intervals: 0..1. */
export interface HourCode { label: string; share: number; low: number; high: number; next_low: number; next_high: number }

/** `sample`: what is said of the random sample; `pace`: answers an hour, null where it is not known yet. */
export interface Status {
  answers: number; coded: number; sample: string; again: string; mine: number; pace: number | null; counts: Record<string, number>;
  codebook: number; hour: { note: string; codes: HourCode[] }; learning: Learning;
}

// Documents. Places are code points of the document's text, the end excluded.

/** What became of an act on documents; of an undo where it was. */
export interface ReadDone { error?: string; event?: number; document?: string; start?: number }

/** `proposed`: it is taken over from what a machine proposes there. */
export interface SpanSent {
  id: string; start: number; end: number; code: string; memo: string; verdict: "yes" | "unsure"; proposed: boolean;
}

export interface Fragment {
  id: string; start: number; end: number; code: string; memo: string; verdict: "yes" | "unsure"; who: string;
}

/** `n`: which block of the document; `sentences` are places in the block, none where it is one sentence. */
export interface Block {
  n: number; start: number; text: string; kind: string; level: number; page: number; label: string; speaker: string;
  time: number; sentences: [number, number][];
}

/** What a machine proposes. `chance`: 0..1, 0 where it is not known. */
export interface Suggested { start: number; end: number; code: string; reason: string; chance: number }

export interface Passage { number: number; blocks: Block[]; proposals: Suggested[] }

/** A block on which readers differ, with the codes of each. */
export interface Differ { block: number; readers: Record<string, string[]> }

/**
 * `read` are blocks that one read oneself, `control` passages that one did not yet: ranges `[first, stop)`. `differ` and
 * `settled` (blocks with the codes of their last word) are for who has it. `last` are the fragments of the last word,
 * `replaced` the ids of those that do not count because of it.
 */
export interface Decided {
  event: number; fragments: Fragment[]; last: Fragment[]; replaced: string[]; read: [number, number][]; control: [number, number][]; differ: Differ[];
  settled: { block: number; codes: string[] }[];
}

/** `passages`: first block, the one after the last, and about how many lines; `starts`: where each block begins. */
export interface Plan extends Decided {
  name: string; pages: number; starts: number[]; size: number; passages: [number, number, number][];
  outline: { block: number; level: number; title: string; page: string }[]; shown: Passage[]; codebook: number;
}

export interface Hit { block: number; start: number; end: number; page: string; before: string; words: string; after: string }

/**
 * A difference between readers: what they gave, who gave nothing there (`missed`), and where it is `settled` the fragments
 * of the last word there. `text` is what stands around it, from `start` on.
 */
export interface Difference {
  document: string; kind: "missed" | "code" | "extent"; block: number; page: string; section: string; given: Fragment[];
  missed: string[]; settled: boolean; last: Fragment[]; start: number; text: string;
}

/** A fragment with where it stands; `block` is its first. */
export interface Source extends Fragment {
  document: string; group: string; period: string; block: number; page: string; section: string;
  cited: string; under: string; before: string; words: string; after: string; whole: boolean;
}

export interface Listed {
  name: string; period: string; attributes: [string, string][]; pages: number; characters: number; blocks: number;
  read: number; fragments: number; kind: string;
}

/** How far the machine is with how much was found. `may`: who asks may let it begin. */
export interface Measuring { busy: boolean; progress: number; said: string; target: number; may: boolean }

/** A view of the results of documents. `sentences`: what there is to say of each code ("" where none was found). */
export interface Figures {
  heading: string; subtitle: string; source: string; drawing: Drawing | null; why: string; tables: Table[];
  sentences: { code: string; enough: boolean; said: string }[]; measuring: Measuring | null;
  choice: { by: string; organisation: string; now: string; then: string; within: string; code: string };
  observed: Observed[] | null;
}

/** What was noted of a group of documents, and what is counted of it. `event`: when it was changed last. */
export interface Observed { group: string; heading: string; counts: string; text: string; who: string; when: string; event: number; link: string }

/** The passage that the machine would have read next, and of which codes most is expected there. */
export interface Following { document: string; block: number; page: string; codes: string[] }

/** A column of a file that was given, with what it seems to be for. */
export interface GivenColumn { name: string; role: string; why: string; wording: string; values: string[]; question: string }

export interface Preview {
  kind: "table" | "documents" | "published" | "codebook"; base?: number; file?: string; sheets?: string[]; rows?: number; columns?: GivenColumn[]; notes?: string[];
  kinds: string[]; name: string; language?: string; wave?: string; whose?: string; error?: string; first?: string[][]; files?: { name: string; bytes: number; table: boolean }[];
}

/** What is said of ids that occur more than once, and of each of the first of these. */
export interface Doubles { says: string[]; each: string[] }

/** What follows for one question from what was chosen. `forms`: what counts as no answer, with how often it was said. */
export interface Follows {
  name: string; column: string; units: number; answered: number; empty: number; silent: number; forms: [string, number][]; more_forms: number;
  waves: string[]; beside?: Record<string, number>; texts?: { unit: string; was: string; now: string }[]; notes?: string[]; codes: string[];
}

/** A code that is proposed for a first codebook. */
export interface Proposed { label: string; rules: string[]; examples: string[] }

export interface Covered {
  answers: number; covered: number; codes: { answers: number; words: Record<string, number>; examples: string[] }[];
  broken: Record<string, string>; uncovered: [string, number][];
}

export interface Adding { busy: boolean; done: number; total: number; step: string; to?: string; error?: string; stopped?: boolean; notes?: string[] }

/** What the server tells by the last word of the address. */
export interface Answers {
  acts: { done: Done[] };
  add: Adding;
  adding: Adding;
  covered: Covered;
  draft: { busy: boolean; step: string; done: number; total: number; codes?: Proposed[] };
  "draft-stop": object;
  "take-book": { to: string; codes: number };
  "use-codes": { to: string };
  counted: { questions: Follows[]; doubles: Doubles | null };
  discard: object;
  example: { to: string };
  forget: object;
  here: object;
  open: { to: string };
  preview: Preview;
  "stop-adding": object;
  again: { unit: Answer | null };
  deal: { dealt: string[] };
  control: { drawn: number };
  decided: Decided;
  differences: { rows: Difference[]; total: number; event: number; open: number; settled: number; codes: Code[] };
  fragments: {
    code: string; total: number; counted: number | null; documents: number; of: number; event: number; unread: string[]; unread_count: number; outside: number; rows: Source[];
  };
  observe: { event: number; who: string };
  list: { documents: Listed[]; control: { left: number; of: number; document: string; block: number }; following: Following | null; learning: { busy: boolean; said: string } };
  now: { event: number; codebook: number; counts: Record<string, number> };
  passages: { passages: Passage[] };
  propose: { learning: { busy: boolean; said: string } };
  search: { hits: Hit[]; total: number };
  code: object;
  codebook: Book;
  codes: { codes: Code[]; columns: string[] };
  grid: GridShown;
  "grid-column": { cells: Cells | null };
  "grid-more": { same: number[]; proposed: Record<string, string[]> };
  "grid-now": { event: number; marks: Record<string, Mark>; anew: boolean; proposed: boolean };
  "grid-search": { ids: string[]; note: string };
  "undo-codebook": object;
  "was-called": object;
  estimate: Estimated;
  figures: Figures;
  measure: Measuring;
  estimated: Estimated;
  language: object;
  learn: { learning: Learning };
  marked: { title: string; total: number; units: Marked[] };
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
