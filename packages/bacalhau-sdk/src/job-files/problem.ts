/** Why a job file cannot be read. The message follows the name of the file in a sentence. */
export class JobFileProblem extends Error {}
