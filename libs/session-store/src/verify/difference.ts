/** Something that is not what it must be. */
export interface Difference {
  /** What differs: by this name it is counted, told and repaired. */
  kind: string;
  id: string;
  /** Where it was found: a table and its columns, a key of Redis, a request. */
  where: string;
  expected: string;
  found: string;
}

/** What is there in the place of something that is missing. */
export const NOTHING = 'nothing';
