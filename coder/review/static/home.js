// @ts-check
// The home page: the studies, a new one from a file, and the example.

import { api, byId, failed, messageOf, say, toast } from "./common.js";
import { takeFiles, upload } from "./upload.js";

takeFiles(async (files) => {
  const state = byId("state");
  byId("error").hidden = true;
  try {
    const name = files.length === 1 ? files[0]?.name ?? "" : `${files.length}`;
    const { draft } = await upload(files, (done) => { state.textContent = say("uploading", { name, percent: Math.round(100 * done) }); });
    location.assign(`/new?${new URLSearchParams({ draft })}`);
  } catch (error) {
    state.textContent = "";
    byId("error").hidden = false;
    byId("error").textContent = messageOf(error);
  }
});

byId("example").addEventListener("click", async () => {
  byId("example").disabled = true;
  byId("state").textContent = say("loading");
  try {
    location.assign((await api("example", {})).to);
  } catch (error) {
    byId("example").disabled = false;
    byId("state").textContent = "";
    failed(error);
  }
});

byId("elsewhere").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  try {
    location.assign((await api("open", { place: String(new FormData(form).get("place")) })).to);
  } catch (error) {
    failed(error);
  }
});

for (const card of document.querySelectorAll(".studies > li")) {
  const { key = "", name = "" } = /** @type {HTMLElement} */ (card).dataset;
  card.querySelector(".forget")?.addEventListener("click", async () => {
    try {
      await api("forget", { key });
      card.remove();
      toast(say("home_forget_says", { name }));
    } catch (error) {
      failed(error);
    }
  });
}
document.body.dataset.ready = "yes";
