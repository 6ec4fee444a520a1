// The guides are open in the navigation when somebody comes for the first time; later it is as they left it.
try {
  for (const group of ['Tutorial', 'How-to guides']) localStorage[`tsd-accordion-${group}`] ??= 'true';
} catch {
  // a browser that stores nothing
}

/** A link within what opens a section is out of reach of screen readers, so it goes beside it. */
function moveLinks(navigation) {
  for (const link of navigation.querySelectorAll('summary > a')) {
    const summary = link.parentElement;
    summary.setAttribute('aria-label', `Contents of ${link.textContent.trim()}`);
    summary.parentElement.before(link);
  }
}

// TypeDoc fills it when the page is there.
addEventListener('DOMContentLoaded', () => {
  const navigation = document.getElementById('tsd-nav-container');
  if (navigation === null) return;
  moveLinks(navigation);
  new MutationObserver(() => moveLinks(navigation)).observe(navigation, { childList: true, subtree: true });
});
