// The package's face.

export { Kernel } from './portcullis.js';
export type { CompileOptions, CompiledPlugin, Features, PluginSource, SpawnOptions, StartOptions } from './options.js';
export type { Description, FunctionDescription } from './description.js';
export type { BudgetUse, EventKind, EventProcess, KernelEvent } from './events.js';
export type { CallArguments, CallResult, Functions, InterfaceNames, Methods } from './functions.js';
export type { Inspection, InspectedCapability, InspectedProcess } from './inspection.js';
export { Interface } from './interface.js';
export { Process } from './process.js';
export type { BudgetOptions } from './budget.js';
export { Group } from './group.js';
export type { CallOptions, ExitReason, ReplaceOptions } from './process.js';
export type { LoaderOptions } from './loader.js';
export { Handle } from './handles.js';
export type { Right } from './handles.js';
export { Lease } from './lease.js';
export { Message } from './message.js';
export type { Answer, OutgoingMessage } from './message.js';
export type { LeaseAccess } from './lease.js';
export type { Quarantine, QuarantinedPlugin } from './quarantine.js';
export type { Clock, QuarantineOptions, RespawnOptions } from './supervision.js';
export { PluginError, PortcullisError } from './errors.js';
export { errorCodes } from './error-codes.js';
export type { ErrorCode, ErrorDescription } from './error-codes.js';
export type { KernelUsage, Limits, Share, Usage } from './usage.js';
export type { BytesSource } from './source.js';
export type { NumberArray } from './scalars.js';
