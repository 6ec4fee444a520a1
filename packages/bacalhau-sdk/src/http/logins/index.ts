import { load } from '../../util/index.js';

/** Loads what logins send: requests to the server without credentials, and requests to providers. */
export const loadLoginContext = () => load(import('./login-context.js'));
