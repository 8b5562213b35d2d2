package dev.rlmbeam.pipelines.io;

import static java.util.stream.Collectors.toSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A question with places for fields of the row: {@code Who signed {{title}}?} Strict: a field that
 * a row does not have is that row's failure, never an empty place.
 */
final class QueryTemplate {
  private static final Pattern PLACE = Pattern.compile("\\{\\{\\s*([^{}]+?)\\s*}}");

  private final String template;

  QueryTemplate(String template) {
    this.template = template;
  }

  /** The fields that it names. */
  Set<String> fields() {
    return PLACE.matcher(template).results().map(place -> place.group(1)).collect(toSet());
  }

  String fill(ObjectNode row) throws BadRowException {
    Matcher place = PLACE.matcher(template);
    StringBuilder filled = new StringBuilder();
    int end = 0;
    while (place.find()) {
      JsonNode value = row.get(place.group(1));
      if (value == null || value.isNull()) {
        throw BadRowException.ofInput(
            "The row has no field '"
                + place.group(1)
                + "', which --query names; its fields are "
                + FieldNames.of(row)
                + ".");
      }
      filled.append(template.substring(end, place.start()));
      filled.append(value.isTextual() ? value.textValue() : RowJson.written(value));
      end = place.end();
    }
    return filled.append(template.substring(end)).toString();
  }
}
