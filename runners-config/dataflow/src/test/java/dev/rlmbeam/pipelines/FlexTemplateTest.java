package dev.rlmbeam.pipelines;

import static com.google.common.truth.Truth.assertThat;
import static com.google.common.truth.Truth.assertWithMessage;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.rlmbeam.pipelines.options.BatchOptions;
import dev.rlmbeam.pipelines.options.OptionTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a flex template says of its parameters is made from the declared options. */
final class FlexTemplateTest {
  private static final Path METADATA = Path.of("flex-template/metadata.json");

  /** Nobody starts a template without these. */
  private static final Set<String> REQUIRED = Set.of("input", "output");

  /** For a person at a terminal, or about files of the machine that a template is started from. */
  private static final Set<String> LEFT_OUT =
      Set.of("config", "explain", "dryRun", "attached", "stacktrace");

  @Test
  void theMetadataIsThatOfTheDeclarations() throws IOException {
    String made = metadata();
    if (Boolean.getBoolean("rlm.docs.write")) {
      Files.writeString(METADATA, made);
    }

    assertWithMessage(
            "write it anew with: mvn -pl runners-config/dataflow -am test -Dtest=FlexTemplateTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -Drlm.docs.write=true")
        .that(Files.readString(METADATA))
        .isEqualTo(made);
  }

  @Test
  void theImageStartsTheMainClass() throws Exception {
    String dockerfile = Files.readString(Path.of("flex-template/Dockerfile"));

    assertThat(dockerfile)
        .contains("FLEX_TEMPLATE_JAVA_MAIN_CLASS=" + BatchPipeline.class.getName());
  }

  private static String metadata() throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode all = json.createObjectNode();
    all.put("name", "rlm-beam");
    all.put("description", "Asks a question of each row or file with a Recursive Language Model.");
    ArrayNode parameters = all.putArray("parameters");
    for (OptionTable.Option option : OptionTable.of(BatchOptions.class).own()) {
      if (!LEFT_OUT.contains(option.name())) {
        ObjectNode one = parameters.addObject();
        one.put("name", option.name());
        one.put("label", option.description().split("\\. |\\.$", 2)[0]);
        one.put("helpText", option.description());
        one.put("isOptional", !REQUIRED.contains(option.name()));
        one.put("paramType", "TEXT");
        String allowed = allowed(option.type());
        if (!allowed.isEmpty()) {
          one.putArray("regexes").add(allowed);
        }
      }
    }
    return json.writerWithDefaultPrettyPrinter().writeValueAsString(all) + "\n";
  }

  private static String allowed(Class<?> type) {
    if (type == boolean.class || type == Boolean.class) {
      return "^(true|false)$";
    }
    return type == int.class || type == long.class ? "^[0-9]+$" : "";
  }
}
