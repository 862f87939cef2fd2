// Finds what a person would call "the button named Undo": visible elements by role and accessible name.
// A short form of the accessible-name rules, as far as Podium's own controls need them.
function podium(role, name, exact, root) {
  const implied = {
    a: e => e.hasAttribute('href') && 'link',
    button: () => 'button',
    aside: () => 'complementary',
    dialog: () => 'dialog',
    figure: () => 'figure',
    section: e => (e.hasAttribute('aria-label') || e.hasAttribute('aria-labelledby')) && 'region',
    h1: () => 'heading', h2: () => 'heading', h3: () => 'heading',
    img: () => 'img',
    input: e => ({
      checkbox: 'checkbox', radio: 'radio', range: 'slider', number: 'spinbutton',
      search: 'searchbox', button: 'button', submit: 'button',
    })[e.type] ?? 'textbox',
    li: () => 'listitem', main: () => 'main', nav: () => 'navigation',
    option: () => 'option', select: () => 'combobox',
    table: () => 'table', td: () => 'cell', th: () => 'columnheader', tr: () => 'row',
    textarea: () => 'textbox',
  };
  const tidy = text => (text ?? '').replace(/\s+/g, ' ').trim();
  const roleOf = e => e.getAttribute('role') ?? (implied[e.localName]?.(e) || '');
  const nameOf = e => {
    const by = e.getAttribute('aria-labelledby');
    if (by) {
      const text = tidy(by.split(/\s+/).map(id => document.getElementById(id)?.textContent).join(' '));
      if (text) return text;
    }
    return tidy(e.getAttribute('aria-label'))
      || tidy(Array.from(e.labels ?? [], label => label.textContent).join(' '))
      || tidy(e.getAttribute('alt'))
      || tidy(e.innerText ?? e.textContent)
      || tidy(e.getAttribute('title'))
      || tidy(e.getAttribute('placeholder'));
  };
  const seen = e =>
    e.checkVisibility({ visibilityProperty: true }) && !e.closest('[aria-hidden="true"], [inert]');
  // A field for searching is a field that text goes into.
  const sameRole = has => has === role || (role === 'textbox' && (has === 'searchbox' || has === 'combobox'));
  const wanted = tidy(name);
  const fits = e => {
    const text = nameOf(e);
    return exact ? text === wanted : text.includes(wanted);
  };
  return Array.from((root ?? document).querySelectorAll('*'))
    .filter(e => sameRole(roleOf(e)) && seen(e) && fits(e));
}
