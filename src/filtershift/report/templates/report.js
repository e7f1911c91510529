    // What stands twice is in this page once: a picture names the other, a page names its pictures.
    const held = Object.fromEntries(Object.entries(results).map(([path, entry]) => [path, entry.data_uri]));
    for (const entry of Object.values(results)) {
      if (entry.mime_type === "text/html") {
        const text = entry.data_uri.replace(/"picture:([^"]*)"/g, (_, path) => `"${held[path]}"`);
        // An address that holds the page itself could be too long: Chromium takes 2 MiB.
        entry.data_uri = URL.createObjectURL(new Blob([text], { type: "text/html;charset=utf-8" }));
      } else {
        entry.data_uri = held[entry.data_uri] ?? entry.data_uri;
      }
    }
