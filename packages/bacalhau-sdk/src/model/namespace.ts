/** Where servers put a job that names no namespace. */
export const DEFAULT_NAMESPACE = 'default';
