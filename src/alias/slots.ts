/** The slots of a split: shares are counted in steps of 0.01 %. */
export const SLOTS = 10_000;
