/** YAML with positions, read to the same values as JSON. */
export { readYaml } from "./yaml.ts";
