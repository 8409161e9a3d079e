/**
 * The alias API, as FunctionGraph's own clients speak it: a handler of HTTP over a store of functions, versions and aliases. It needs node;
 * stores that need a package or a server are entries of their own.
 */
export type { AliasAnswer, AliasChange } from "./aliases.ts";
export type { Terms } from "./change.ts";
export { type AliasClient, aliasClient, ApiError, type ClientOptions, type Tagged } from "./client.ts";
export { CONTROL_CODES } from "./codes.ts";
export { type Credentials, type ProjectCredentials, readCredentials, tokenHash } from "./credentials.ts";
export { aboutCode, Fault, SERVICE_CODES, type ServiceCode } from "./fault.ts";
export type { FunctionAnswer } from "./functions.ts";
export { BODY_LIMIT, type ControlHandler, type ControlOptions, createHandler, type RequestEntry } from "./handler.ts";
export { memoryStore } from "./memory.ts";
export type { AliasBody, AliasRecord, Change, FunctionDetails, FunctionRecord, Moved, TriggerRecord, VersionRecord } from "./record.ts";
export { type ChangeOptions, type Service, type Services, services } from "./service.ts";
export { type KeyPair, SIGNATURE_WINDOW, signatureHeaders, type SignedRequest } from "./signature.ts";
export { storeSource, type StoreSourceOptions } from "./source.ts";
export type { HistoryQuery, Notice, Snapshot, Store } from "./store.ts";
export type { TriggerAnswer } from "./triggers.ts";
export type { FunctionKey } from "./urn.ts";
