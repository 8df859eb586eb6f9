// What the documents state, read once: forms are made of them, and have what they have.
import { get } from "./api.mjs";
import { el } from "./dom.mjs";

const read = {};
export const contract = () => (read.contract ??= get("/contract"));
export const control = () => (read.control ??= get("/openapi"));

/** Collections whose resources a sandbox has, by the schemas that lists and answers name; of one `object`, or all. */
export async function collections(object) {
  const { components } = await contract();
  const objects = Object.entries(components.schemas).filter(([, each]) => each.properties?.object?.const && each.properties?.id && [undefined, each.properties.object.const].includes(object));
  return objects.map(([name]) => name).filter((name) => !/Created$/.test(name));
}

/** A schema with whatever it refers to in its place. */
export async function resolved(schema) {
  const document = await control();
  const found = schema.$ref ? schema.$ref.split("/").slice(1).reduce((inside, name) => inside[name], document) : schema;
  const parts = await Promise.all((found.allOf ?? []).map(resolved));
  return { ...Object.assign({}, ...parts), ...found, properties: Object.assign({}, ...parts.map((each) => each.properties), found.properties) };
}

/** The fields of an object of the control plane's document. */
export async function fields(schema) {
  const { properties, required = [] } = await resolved(schema);
  const shown = Object.entries(properties).filter(([, each]) => each.const === undefined);
  return Promise.all(shown.map(async ([name, stated]) => {
    const each = await resolved(stated);
    const type = [each.type].flat();
    const attributes = { name, required: required.includes(name), title: each.description, "data-type": type[0] };
    let input = el("input", { ...attributes, autocomplete: "off" });
    if (each.enum) input = el("select", attributes, required.includes(name) ? null : el("option", { value: "" }, "–"), each.enum.map((one) => el("option", {}, one)));
    else if (type.includes("boolean")) input = el("select", attributes, el("option", { value: "" }, "–"), el("option", { value: "true" }, "yes"), el("option", { value: "false" }, "no"));
    else if (type.includes("number") || type.includes("integer")) input = el("input", { ...attributes, type: "number", step: type.includes("integer") ? 1 : "any" });
    else if (type.includes("object")) input = el("input", { ...attributes, placeholder: '{"Retry-After": 2}' });
    return el("label", { title: each.description }, el("span", {}, name), input);
  }));
}

/** What was filled in, as its types are. */
export function values(form) {
  const found = {};
  for (const { name, value, dataset } of form.elements) {
    if (!name || value === "") continue;
    if (["number", "integer"].includes(dataset.type)) found[name] = Number(value);
    else if (dataset.type === "boolean") found[name] = value === "true";
    else if (dataset.type === "object") found[name] = JSON.parse(value);
    else if (value.includes(",")) found[name] = value.split(",").map((each) => each.trim());
    else found[name] = value;
  }
  return found;
}
