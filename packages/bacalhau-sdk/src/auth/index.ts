export type { LoginQuestion, PromptCallback } from './ask.js';
export type { TokenSource } from './bearer.js';
export type { ChallengeOptions } from './challenge.js';
export type { DevicePrompt, ShowDevicePrompt } from './device.js';
export type { AuthKind, AuthMethod, LoginAccess, LoginContext } from './method.js';
export type { ApiKeyAuth, AskAuth, AuthOptions, BasicAuth, ChallengeAuth, DeviceAuth, TokenAuth } from './options.js';
export { checkAuth, selectAuth } from './select.js';
