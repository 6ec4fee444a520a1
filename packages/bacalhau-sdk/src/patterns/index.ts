export { IncludePatterns, includeProblem, patternProblem } from './include-patterns.js';
