export { checkAuth } from './check-auth.js';
export type { AuthKind, AuthMethod, LoginContext, OpenLoginContext } from './method.js';
export type {
  ApiKeyAuth,
  AskAuth,
  AuthOptions,
  BasicAuth,
  ChallengeAuth,
  ChallengeOptions,
  DeviceAuth,
  DevicePrompt,
  LoginQuestion,
  PromptCallback,
  ShowDevicePrompt,
  TokenAuth,
  TokenSource,
} from './options.js';
export { selectAuth } from './select.js';
