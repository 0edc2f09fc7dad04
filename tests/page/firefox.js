// What a new user does, in Firefox: node firefox.js FIREFOX DOOR ANSWERS CODEBOOK PROFILE. Prints, as JSON, what the
// browser complained of, and what is seen at the end. Firefox speaks WebDriver BiDi by itself: no driver is needed.

import puppeteer from "puppeteer-core";

const [executablePath, door, answers, codebook, userDataDir] = process.argv.slice(2);
const WAIT = { timeout: 240_000 };
const CODED = ["n", "1", "n"];
const SCREENS = { grid: "#grid [data-place]", codebook: "#codes > *", results: "#drawing svg" };

/**
 * Wait until something is so. Not by `waitForFunction`, which evaluates text within the page: its policy refuses that.
 * @param {import("puppeteer-core").Page} page @param {string | ((...given: any[]) => boolean)} what @param {any[]} given
 */
async function seen(page, what, ...given) {
  for (const until = Date.now() + WAIT.timeout; !(await page.evaluate(what, ...given)); ) {
    if (Date.now() > until) throw new Error(`Waited in vain for ${what}`);
    await new Promise((go) => setTimeout(go, 100));
  }
}

/** Code answers by keys, as somebody who looks at each. @param {import("puppeteer-core").Page} page */
async function code(page) {
  let shown = "";
  for (const key of CODED) {
    await seen(page, (was) => !["", was].includes(document.getElementById("text").textContent), shown);
    shown = await page.$eval("#text", (one) => one.textContent);
    await page.keyboard.press(key);
    if (key !== "n") await page.keyboard.press("Enter");
  }
  await seen(page, (was) => document.getElementById("text").textContent !== was, shown);
}

const browser = await puppeteer.launch({ browser: "firefox", executablePath, userDataDir, headless: true });
const complaints = [];
try {
  const page = await browser.newPage();
  page.on("console", (one) => one.type() === "error" && complaints.push(one.text()));
  page.on("pageerror", (one) => complaints.push(String(one)));
  await page.goto(door);
  await seen(page, "document.body?.dataset.ready === 'yes'");
  await (await page.$("#file")).uploadFile(answers);
  await seen(page, "document.querySelectorAll('#counts h3').length === 1");
  await page.click("#add");
  await seen(page, "location.pathname.endsWith('/begin') && document.body?.dataset.ready === 'yes'");
  await (await page.$("#book-file")).uploadFile(codebook);
  await seen(page, "location.pathname.endsWith('/code') && document.body?.dataset.ready === 'yes'");
  await code(page);
  const at = page.url().replace(/code$/, "");
  const found = {};
  for (const [screen, what] of Object.entries(SCREENS)) {
    await page.goto(at + screen);
    await page.waitForSelector(what, WAIT);
    found[screen] = await page.$$eval(what, (all) => all.map((one) => one.textContent));
  }
  console.log(JSON.stringify({ complaints, found }));
} finally {
  await browser.close();
}
