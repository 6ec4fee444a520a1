// The guides are open in the navigation when somebody comes for the first time; later it is as they left it.
try {
  localStorage['tsd-accordion-Guides'] ??= 'true';
} catch {
  // a browser that stores nothing
}
