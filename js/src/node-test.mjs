import nodeTest from "./node-test.js";

export const { it, test, testWith } = nodeTest;
