import type { TestContext, TestOptions } from "node:test";
import type { SmartCal, Wanted } from "./index";

type Body = (context: TestContext & { smartcal: SmartCal }) => void | Promise<void>;

interface Declare {
  (name: string, body: Body): Promise<void>;
  (name: string, options: TestOptions, body: Body): Promise<void>;
  (options: TestOptions, body: Body): Promise<void>;
  (body: Body): Promise<void>;
}

export interface Test extends Declare {
  only: Declare;
  skip: Declare;
  todo: Declare & ((name: string) => Promise<void>);
}

/** As that of `node:test`, with a sandbox for the test: `test("…", async ({ smartcal }) => …)`. */
export declare const test: Test;
export declare const it: Test;
/** As `test`, each with a sandbox that is made with these: seed, now, frozen, events, bookings. */
export declare function testWith(wanted: Wanted): Test;
