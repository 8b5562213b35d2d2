package dev.rlmbeam.examples;

import static com.google.common.truth.Truth.assertThat;

import dev.rlmbeam.pipelines.schema.RlmSchemaTransformProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.beam.sdk.schemas.Schema.Field;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.schemas.Schema.TypeName;
import org.junit.jupiter.api.Test;

/** What documents show is what compiles and runs. */
final class DocumentsTest {
  private static final String GUIDE = "docs/using-the-transform.md";
  private static final String TABLE = "| key | type | |\n|---|---|---|\n";

  @Test
  void theGuideShowsTheExamplesWordForWord() throws IOException {
    assertThat(Regions.blocks(Regions.document(GUIDE), "java"))
        .containsExactly(
            Regions.of("MinimalExample", "minimal"),
            Regions.of("WindowedExample", "windowed"),
            Regions.of("OwnModelExample", "own-model"))
        .inOrder();
  }

  @Test
  void theReadmeShowsTheMinimalExampleWordForWord() throws IOException {
    String library = Regions.section(Regions.document("README.md"), "## As a library");

    assertThat(Regions.blocks(library, "java"))
        .containsExactly(Regions.of("MinimalExample", "minimal"));
  }

  @Test
  void theGuideShowsTheYamlThatIsRun() throws IOException {
    String yaml = Files.readString(Path.of("src/test/resources/dev/rlmbeam/examples/answers.yaml"));

    assertThat(Regions.blocks(Regions.document(GUIDE), "yaml")).containsExactly(yaml);
  }

  /** When an option has changed, {@code -Drlm.docs.write=true} writes the table anew. */
  @Test
  void theGuideListsTheKeysThatThereAre() throws IOException {
    StringBuilder table = new StringBuilder(TABLE);
    for (Field key : new RlmSchemaTransformProvider().configurationSchema().getFields()) {
      table.append(
          "| `%s` | %s | %s |\n"
              .formatted(key.getName(), type(key.getType()), key.getDescription()));
    }

    String guide = Regions.document(GUIDE);
    int from = guide.indexOf(TABLE);
    int to = guide.indexOf("\n\n", from) + 1;
    if (Boolean.getBoolean("rlm.docs.write")) {
      Files.writeString(
          Path.of("..", GUIDE), guide.substring(0, from) + table + guide.substring(to));
    } else {
      assertThat(guide.substring(from, to)).isEqualTo(table.toString());
    }
  }

  private static String type(FieldType type) {
    if (type.getTypeName() == TypeName.ARRAY) {
      return "ARRAY of " + type(type.getCollectionElementType());
    }
    if (type.getTypeName() != TypeName.ROW) {
      return type.getTypeName().name();
    }
    Field only = type.getRowSchema().getField(0);
    return "ROW of %s: %s".formatted(only.getName(), type(only.getType()));
  }
}
