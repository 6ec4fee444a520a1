export { unreadInput } from './unread-input.js';
