// WebKitWebDriver takes its picture when the page is painted next. Without a GPU nothing is painted unless something
// changes, and the driver would wait for ever: so a pixel too faint to be seen changes for a while.
const dot = document.createElement('i');
dot.style.cssText = 'position: fixed; right: 0; bottom: 0; width: 1px; height: 1px; pointer-events: none';
document.body.append(dot);
const end = performance.now() + 3000;
const paint = (now) => {
  dot.style.background = dot.style.background ? '' : '#00000001';
  if (now < end) requestAnimationFrame(paint);
  else dot.remove();
};
requestAnimationFrame(paint);
