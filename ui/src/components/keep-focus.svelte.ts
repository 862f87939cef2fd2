// Where the keyboard is in a list whose items come and go as the page scrolls.

/**
 * For an attachment: when the item that has the focus leaves the page, the list takes the focus. Otherwise the window
 * would have it, and Tab would begin at its first control instead of at the items on screen.
 */
export function keepFocus(list: HTMLElement, items: () => unknown): void {
  let focused: Node | undefined;
  const come = ({ target }: FocusEvent) => {
    if (target instanceof Node && target !== list) focused = target;
  };
  const go = ({ target }: FocusEvent) => {
    // Some webviews tell of the loss before they take the item away, others not at all.
    queueMicrotask(() => {
      if (target === focused && focused?.isConnected) focused = undefined;
    });
  };
  $effect(() => {
    list.addEventListener('focusin', come);
    list.addEventListener('focusout', go);
    return () => {
      list.removeEventListener('focusin', come);
      list.removeEventListener('focusout', go);
    };
  });
  $effect(() => {
    void items();
    if (!focused || focused.isConnected) return;
    focused = undefined;
    if (document.activeElement === document.body) take(list);
  });
}

/** Focusable only while it has the focus: a click on the list must not focus it. */
function take(list: HTMLElement): void {
  if (!list.hasAttribute('tabindex')) {
    list.tabIndex = -1;
    list.addEventListener('blur', () => list.removeAttribute('tabindex'), { once: true });
  }
  list.focus({ preventScroll: true });
}
