/** The conductor: compile, explain, shares. */
export { compile, type CompileOptions, runtimeOf } from "./compile.ts";
export { compileAll, warningsAt } from "./compile-all.ts";
export { explain, formatExplanation } from "./explain.ts";
export { portableModule, type PortableTarget } from "./portable.ts";
export { formatShares, shares, sharesOf } from "./shares.ts";
