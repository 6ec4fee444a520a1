/** Loaded when results are first wanted: it is large, and many programs want none. */
export const transfer = () => import('./transfer.js');
