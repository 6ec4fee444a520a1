export {
  adviceForUnknown,
  checkOptions,
  describeType,
  findUnknownName,
  nearestName,
  type OptionNames,
} from './check-options.js';
export {
  checkIdentifier,
  checkLabels,
  checkLimit,
  checkOneOf,
  checkSignal,
  checkTime,
  isUrlSegment,
} from './checks.js';
