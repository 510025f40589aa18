// The keys of the page, and the list of them.

// `known`: rows of [keys, name in the list, what it does, act]; `dialog` shows the list.
export function listenToKeys(dialog, known) {
  const names = dialog.querySelector('dl');
  for (const [, key, text] of known) {
    names.appendChild(document.createElement('dt')).textContent = key;
    names.appendChild(document.createElement('dd')).textContent = text;
  }
  document.addEventListener('keydown', event => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open) return;
    // Whoever types, types; only Esc leaves the field. A space on a button presses that.
    if (event.target.matches('input:not([type=checkbox]), select, textarea') && event.key !== 'Escape') return;
    if (event.key === ' ' && event.target.matches('button, summary, [type=checkbox]')) return;
    const row = known.find(([keys]) => keys.includes(event.key));
    if (!row) return;
    event.preventDefault();
    row[3]();
  });
}
