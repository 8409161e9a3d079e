import storefront from "../../docs/examples/storefront.yaml?raw";
import canary from "../../docs/examples/canary.json?raw";
import overlapping from "../../docs/examples/overlapping.yaml?raw";

/** Aliases to begin with: those of the documents. */
export const EXAMPLES: readonly { readonly name: string; readonly text: string }[] = [
  { name: "storefront.yaml", text: storefront },
  { name: "canary.json", text: canary },
  { name: "overlapping.yaml", text: overlapping },
];
