import type { SmartCal, Wanted } from "./index";

type Given = { smartcal: SmartCal };

interface Declare {
  (name: string, body: (given: Given) => void | Promise<void>, timeout?: number): void;
  /** The function is given the row of the table, and behind it the sandbox. */
  each<Row extends readonly unknown[]>(
    table: readonly Row[],
  ): (name: string, body: (...given: [...Row, Given]) => void | Promise<void>, timeout?: number) => void;
  each<Case>(
    table: readonly Case[],
  ): (name: string, body: (row: Case, given: Given) => void | Promise<void>, timeout?: number) => void;
}

export interface Test extends Declare {
  only: Declare;
  skip: Declare;
  failing: Declare;
  todo(name: string): void;
}

/** As Jest's, with a sandbox for the test: `test("…", async ({ smartcal }) => …)`. */
export declare const test: Test;
export declare const it: Test;
/** As `test`, each with a sandbox that is made with these: seed, now, frozen, events, bookings. */
export declare function testWith(wanted: Wanted): Test;
