document.addEventListener('click', (event) => {
  const button = event.target.closest('button[data-values]');
  if (!button) return;
  const values = document.getElementById(button.dataset.values).textContent;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([values], { type: 'text/csv' }));
  link.download = button.dataset.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
});
