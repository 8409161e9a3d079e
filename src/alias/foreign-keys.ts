const FUNCTION_COMPUTE = "a key of Alibaba Cloud Function Compute";
const LAMBDA = "a key of AWS Lambda and Tencent Cloud SCF";
const FRACTIONS = "its weights are fractions of one, those here are percent: `0.05` there is `5` here";

/** Keys of other clouds' aliases, with what stands for them here. */
const FOREIGN_KEYS: ReadonlyMap<string, string> = new Map([
  ["aliasName", `${FUNCTION_COMPUTE}: write \`name\``],
  ["versionId", `${FUNCTION_COMPUTE}: write \`version\``],
  ["additionalVersionWeight", `${FUNCTION_COMPUTE}: write \`additional_version_weights\`; ${FRACTIONS}`],
  ["routePolicy", `${FUNCTION_COMPUTE}: write \`additional_version_strategy\``],
  ["FunctionVersion", `${LAMBDA}: write \`version\``],
  ["RoutingConfig", `${LAMBDA}: write \`additional_version_weights\`; ${FRACTIONS}`],
  ["AdditionalVersionWeights", `${LAMBDA}: write \`additional_version_weights\`; ${FRACTIONS}`],
]);

/** The help for a key that is another cloud's; undefined for any other. */
export function foreignKeyHelp(key: string): string | undefined {
  return FOREIGN_KEYS.get(key);
}
