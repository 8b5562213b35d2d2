package dev.rlmbeam.pipelines.io;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** Turns rows of one CSV file into objects, field by field as its header names them. */
final class CsvRows {
  private static final CSVFormat FORMAT = CSVFormat.RFC4180;

  private final List<String> header;

  private CsvRows(List<String> header) {
    this.header = header;
  }

  /** Reads the header. */
  static CsvRows under(RawRecord header) throws BadRowException {
    List<String> names = values(header).stream().map(String::strip).toList();
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (name.isEmpty() || !seen.add(name)) {
        throw BadRowException.ofInput(
            "The header names "
                + (name.isEmpty() ? "an empty field" : "the field '" + name + "' twice")
                + ".");
      }
    }
    return new CsvRows(names);
  }

  ObjectNode object(RawRecord row) throws BadRowException {
    List<String> values = values(row);
    if (values.size() != header.size()) {
      throw BadRowException.ofInput(
          "The row has "
              + values.size()
              + " values, but the header has "
              + header.size()
              + " fields; check its commas and quotes.");
    }
    ObjectNode object = RowJson.newObject();
    for (int i = 0; i < values.size(); i++) {
      object.put(header.get(i), values.get(i));
    }
    return object;
  }

  private static List<String> values(RawRecord row) throws BadRowException {
    if (row.hasUnclosedQuote()) {
      throw BadRowException.ofInput("A quote that is opened in this row is never closed.");
    }
    try (CSVParser parser = FORMAT.parse(new StringReader(row.text()))) {
      List<CSVRecord> records = parser.getRecords();
      if (records.size() != 1) {
        throw BadRowException.ofInput("The row is not one CSV record; check its quotes.");
      }
      return records.get(0).toList();
    } catch (IOException | UncheckedIOException e) {
      throw BadRowException.ofInput("The row is not CSV; check its quotes (" + reason(e) + ").");
    }
  }

  /** The parser's own words, without the names of the exceptions around them. */
  private static String reason(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return String.valueOf(root.getMessage()).replaceFirst("^.*Exception: ", "");
  }
}
