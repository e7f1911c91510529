    // What stands twice is in this page once: a picture names the other, a page names its pictures.
    const held = Object.fromEntries(Object.entries(results).map(([path, entry]) => [path, entry.data_uri]));
    for (const entry of Object.values(results)) {
      if (entry.mime_type === "text/html") {
        const text = entry.data_uri.replace(/"picture:([^"]*)"/g, (_, path) => `"${held[path]}"`);
        entry.data_uri = `data:text/html;charset=utf-8,${encodeURIComponent(text)}`;
      } else {
        entry.data_uri = held[entry.data_uri] ?? entry.data_uri;
      }
    }
