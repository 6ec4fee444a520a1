/** The page of a list that is awaited without a limit, as in the Python SDK. */
export const AWAITED_PAGE = 5;
/** The page of a list that is looped over without a limit: servers decode every job of a namespace for each page. */
export const WALKED_PAGE = 1_000;
/** The limit that means all entries. */
export const ALL = 0;
