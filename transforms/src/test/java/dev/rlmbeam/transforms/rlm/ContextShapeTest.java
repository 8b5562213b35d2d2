package dev.rlmbeam.transforms.rlm;

import static com.google.common.truth.Truth.assertThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class ContextShapeTest {

  private static ContextShape json(String text) throws IOException {
    return ContextShape.ofJson(new JsonFactory().createParser(text));
  }

  private static void assertShape(String text, String type, long characters) throws IOException {
    ContextShape shape = json(text);
    assertThat(shape.type()).isEqualTo(type);
    assertThat(shape.characters()).hasValue(characters);
  }

  @Test
  void countsCodePointsOfATextAsPythonDoes() {
    assertThat(ContextShape.ofText("a\uD83D\uDE00\r\n\u0000").characters()).hasValue(5);
    assertThat(ContextShape.ofText("a").type()).isEqualTo("str");
  }

  @Test
  void countsTheTextsOfAList() throws IOException {
    assertShape("[\"abc\", \"\\ud83d\\ude00\"]", "list", 4);
    assertShape("[]", "list", 0);
  }

  @Test
  void countsTheContentOfMessages() throws IOException {
    assertShape("[{\"role\": \"user\", \"content\": \"abcd\"}, {\"content\": \"e\"}]", "list", 5);
  }

  @Test
  void countsOtherItemsAsPythonWouldDumpThem() throws IOException {
    // json.dumps({"a": [1, 2.5], "é": "\n😀"}) in Python has 43 characters.
    assertShape("[{\"a\": [1, 2.5], \"é\": \"\\n😀\"}]", "list", 43);
    assertShape("[[\"ab\", true], null]", "list", 12 + 4);
  }

  @Test
  void doesNotFailForAListOfNumbers() throws IOException {
    assertShape("[1, 22, 333]", "list", 6);
  }

  @Test
  void countsTheValuesOfADict() throws IOException {
    assertShape("{\"a\": \"xyz\", \"b\": [1, 2]}", "dict", 3 + 6);
  }

  @Test
  void takesOneValueAndNothingElse() {
    for (String text : new String[] {"", "[1] 2", "[1", "nope"}) {
      assertThrows(JsonProcessingException.class, () -> json(text));
    }
  }

  @Test
  void namesOtherTypes() throws IOException {
    assertShape("7", "int", 1);
    assertShape("7.5", "float", 3);
    assertShape("true", "bool", 4);
    assertShape("null", "NoneType", 4);
    assertShape("\"text\"", "str", 4);
  }
}
