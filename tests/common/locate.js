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
    table: () => 'table', td: () => 'cell', tr: () => 'row',
    th: e => e.scope === 'row' ? 'rowheader' : 'columnheader',
    textarea: () => 'textbox',
  };
  const tidy = text => (text ?? '').replace(/\s+/g, ' ').trim();
  const roleOf = e => e.getAttribute('role') ?? (implied[e.localName]?.(e) || '');
  // What is read out of an element: hidden parts left out, words of different boxes kept apart.
  const spoken = e => Array.from(e.childNodes, child => {
    if (child.nodeType === Node.TEXT_NODE) return child.data;
    if (child.nodeType !== Node.ELEMENT_NODE || child.getAttribute('aria-hidden') === 'true') return '';
    const text = child.getAttribute('aria-label') ?? child.getAttribute('alt') ?? spoken(child);
    return getComputedStyle(child).display === 'inline' ? text : ` ${text} `;
  }).join('');
  const nameOf = e => {
    const by = e.getAttribute('aria-labelledby');
    if (by) {
      const named = by.split(/\s+/).map(id => document.getElementById(id)).filter(Boolean);
      const text = tidy(named.map(n => n.getAttribute('aria-label') ?? spoken(n)).join(' '));
      if (text) return text;
    }
    return tidy(e.getAttribute('aria-label'))
      || tidy(Array.from(e.labels ?? [], label => label.textContent).join(' '))
      || tidy(e.getAttribute('alt'))
      || tidy(spoken(e))
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
