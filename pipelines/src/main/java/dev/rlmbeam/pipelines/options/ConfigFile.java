package dev.rlmbeam.pipelines.options;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import dev.rlmbeam.pipelines.options.GivenOptions.Given;
import dev.rlmbeam.pipelines.options.GivenOptions.Origin;
import dev.rlmbeam.pipelines.options.OptionTable.Option;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads options from a YAML file: {@code name: value}, a list for an option that takes several, a
 * mapping for one that takes JSON. What is wrong is said with file and line.
 */
public final class ConfigFile {
  private static final long MOST_BYTES = 1 << 20;
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String name;
  private final OptionTable table;
  private final OptionTable others;
  private final Map<String, Integer> lines = new HashMap<>();
  private final List<Given> given = new ArrayList<>();

  private ConfigFile(String name, OptionTable table, OptionTable others) {
    this.name = name;
    this.table = table;
    this.others = others;
  }

  /**
   * The options of a file.
   *
   * @param table the options of the command
   * @param others of the command that the file is written for; what only that one takes is checked
   *     and left out, so that one file serves all commands
   * @throws UsageException that names file, line and key
   */
  public static GivenOptions read(String file, OptionTable table, OptionTable others) {
    String text = text(file);
    ConfigFile config = new ConfigFile(Path.of(file).getFileName().toString(), table, others);
    try (YAMLParser parser = new YAMLFactory(YAML).createParser(text)) {
      config.readAll(parser);
    } catch (JsonProcessingException e) {
      throw config.malformed(text, e);
    } catch (IOException e) {
      throw new UsageException("--config=" + file + " cannot be read: " + e.getMessage(), e);
    }
    return GivenOptions.of(config.given);
  }

  private static String text(String file) {
    Path path = Path.of(file);
    try {
      if (Files.isDirectory(path)) {
        throw new UsageException("--config=" + file + " is a folder; give a YAML file.");
      }
      if (Files.size(path) > MOST_BYTES) {
        throw new UsageException(
            "--config=" + file + " has more than 1 MiB; give a YAML file of options.");
      }
      return Files.readString(path);
    } catch (NoSuchFileException e) {
      throw new UsageException("--config=" + file + ": there is no such file.", e);
    } catch (CharacterCodingException e) {
      throw new UsageException("--config=" + file + " is not UTF-8.", e);
    } catch (IOException e) {
      throw new UsageException("--config=" + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private void readAll(YAMLParser parser) throws IOException {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return;
    }
    if (first != JsonToken.START_OBJECT) {
      throw at(parser.currentTokenLocation(), "options stand as name: value, one a line.");
    }
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      readOption(parser);
    }
    if (parser.nextToken() != null) {
      throw at(parser.currentTokenLocation(), "a second document (---); one file holds one.");
    }
  }

  private void readOption(YAMLParser parser) throws IOException {
    String key = parser.currentName();
    JsonLocation where = parser.currentTokenLocation();
    Integer earlier = lines.putIfAbsent(key, where.getLineNr());
    if (earlier != null) {
      throw at(where, key + " stands in line " + earlier + " already; leave one of them.");
    }
    Option option =
        table.find(key).or(() -> others.find(key)).orElseThrow(() -> at(where, unknown(key)));
    if (key.equals("config")) {
      throw at(where, "config cannot name another file.");
    }
    switch (parser.nextToken()) {
      case START_ARRAY -> readList(parser, option, where);
      case START_OBJECT -> {
        if (option.type() != String.class || !option.sample().equals("JSON")) {
          throw at(where, key + " takes " + taken(option) + ", not a mapping.");
        }
        add(key, JSON.writeValueAsString(YAML.readTree(parser)), where);
      }
      case VALUE_NULL -> throw at(where, key + " has no value.");
      default -> add(key, parser.getText(), where);
    }
  }

  private void readList(YAMLParser parser, Option option, JsonLocation where) throws IOException {
    if (!option.isRepeatable()) {
      throw at(where, option.name() + " takes " + taken(option) + ", not a list.");
    }
    JsonToken token = parser.nextToken();
    while (token != JsonToken.END_ARRAY) {
      if (!token.isScalarValue() || token == JsonToken.VALUE_NULL) {
        throw at(parser.currentTokenLocation(), option.name() + " takes a list of single values.");
      }
      add(option.name(), parser.getText(), where);
      token = parser.nextToken();
    }
  }

  private void add(String key, String value, JsonLocation where) {
    if (table.find(key).isEmpty()) {
      return;
    }
    given.add(new Given(key, value, Origin.CONFIG, name + " line " + where.getLineNr()));
  }

  private static String taken(Option option) {
    return option.isFlag() ? "true or false" : "one value";
  }

  private String unknown(String key) {
    return "there is no option "
        + key
        + table.nearest(key).map(near -> "; did you mean " + near + "?").orElse(".")
        + " All options: ./rlm help run";
  }

  private UsageException at(JsonLocation where, String message) {
    return new UsageException(name + " line " + where.getLineNr() + ": " + message);
  }

  private UsageException malformed(String text, JsonProcessingException e) {
    int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
    List<String> all = text.lines().toList();
    // A tab is often noticed a line early or late.
    for (int number = Math.max(1, line - 1); number <= Math.min(line + 1, all.size()); number++) {
      if (all.get(number - 1).matches("\\s*\\t.*")) {
        return new UsageException(
            name + " line " + number + ": a tab; YAML is indented with blanks.", e);
      }
    }
    String said = e.getOriginalMessage();
    return new UsageException(
        name + " line " + line + ": no YAML: " + said.lines().findFirst().orElse(said), e);
  }
}
