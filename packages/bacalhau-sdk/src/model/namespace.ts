/** The namespace in which servers put a job that names none. */
export const DEFAULT_NAMESPACE = 'default';
