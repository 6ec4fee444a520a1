// Its script that loads chunks ahead of time is for pages alone, and this one is run without a page as well.
export default { build: { modulePreload: false, target: 'es2022' } };
