// @ts-check
// Before the first paint, so that a dark page does not flash white.
const theme = localStorage.getItem("coder-theme");
if (theme) document.documentElement.dataset.theme = theme;
