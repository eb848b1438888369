// Returns the lines of text a person sees in an element, shadow roots included, and the
// names for screen readers.
(root) => {
  const inline = new Set(["A", "B", "CODE", "EM", "I", "STRONG"]);
  const skipped = new Set(["SCRIPT", "STYLE", "SVG", "TEMPLATE"]);
  const lines = [""];
  const end = () => lines.push("");
  const isHidden = (node) =>
    !node.checkVisibility({ visibilityProperty: true }) &&
    getComputedStyle(node).display !== "contents";
  const read = (node) => {
    if (node.nodeType === Node.TEXT_NODE) lines[lines.length - 1] += node.data;
    if (node.nodeType === Node.DOCUMENT_FRAGMENT_NODE) node.childNodes.forEach(read);
    if (node.nodeType !== Node.ELEMENT_NODE) return;
    if (skipped.has(node.tagName.toUpperCase()) || isHidden(node)) return;
    if (!inline.has(node.tagName)) end();
    for (const name of ["aria-label", "placeholder", "title"]) {
      if (node.getAttribute(name)) lines.push(node.getAttribute(name), "");
    }
    const slotted = node.tagName === "SLOT" ? node.assignedNodes() : [];
    (slotted.length ? slotted : (node.shadowRoot ?? node).childNodes).forEach(read);
    if (!inline.has(node.tagName)) end();
  };
  read(root);
  return lines.map((line) => line.replace(/\s+/g, " ").trim()).filter((line) => line);
};
