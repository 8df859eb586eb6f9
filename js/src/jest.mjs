import jest from "./jest.js";

export const { it, test, testWith } = jest;
