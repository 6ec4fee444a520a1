// The guides are open in the navigation when somebody comes for the first time; later it is as they left it.
try {
  for (const group of ['Tutorial', 'How-to guides']) localStorage[`tsd-accordion-${group}`] ??= 'true';
} catch {
  // a browser that stores nothing
}
