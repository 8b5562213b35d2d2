package dev.rlmbeam.pipelines.quickstart;

import static dev.rlmbeam.pipelines.quickstart.Question.lookUp;

import java.util.ArrayList;
import java.util.List;

/** The sixteen questions: fourteen to look up, one paraphrase, one count. */
final class Questions {
  private Questions() {}

  static List<Question> all() {
    List<Question> all = new ArrayList<>();
    all.add(
        lookUp(
            "ferry",
            "minutes",
            "How much did the board vote for repairs to the ferry landing at Quillmoor?",
            "For repairs to the ferry landing at Quillmoor the board voted a sum of 1,840 pounds.",
            "1,840 pounds"));
    all.add(
        lookUp(
            "impeller",
            "maintenance",
            "Which part of pump P-117 was replaced?",
            "Pump P-117: impeller replaced by Ingrid Salvesen after the rattling came back.",
            "impeller"));
    all.add(
        lookUp(
            "viola",
            "letters",
            "Who taught Leonora to play the viola da gamba?",
            "It was Matthias Kestrel who taught Leonora to play the viola da gamba, in the winter"
                + " before the flood.",
            "Matthias Kestrel"));
    all.add(
        lookUp(
            "penalty",
            "contracts",
            "What is the penalty for late delivery of the brass fittings under the Ottermere"
                + " agreement?",
            "Under the Ottermere agreement a penalty of 75 florins is due for each day by which"
                + " delivery of the brass fittings is late.",
            "75 florins"));
    all.add(
        lookUp(
            "crystals",
            "laboratory",
            "At what temperature did sample K-4217 begin to crystallise?",
            "Sample K-4217 began to crystallise at 61.5 degrees, well below what we had hoped.",
            "61.5 degrees"));
    all.add(
        lookUp(
            "water",
            "voyage",
            "Where did the Halcyon take on fresh water?",
            "The Halcyon took on fresh water at Port Verity, the wells of the usual anchorage"
                + " having turned brackish.",
            "Port Verity"));
    all.add(
        lookUp(
            "bell",
            "minutes",
            "Why was the bell of St Brannoc's not rung on Candlemas?",
            "The bell of St Brannoc's was not rung on Candlemas, because the clapper had cracked.",
            "the clapper had cracked"));
    all.add(
        lookUp(
            "outage",
            "maintenance",
            "What caused the outage of the Tarn Hill transmitter?",
            "Cause of the outage of the Tarn Hill transmitter: a jackdaw's nest in the waveguide.",
            "jackdaw's nest"));
    all.add(
        lookUp(
            "orchard",
            "letters",
            "In which year did Uncle Bartholomew sell the orchard at Fennick?",
            "Uncle Bartholomew sold the orchard at Fennick in 1768, and spoke of it with regret"
                + " ever after.",
            "1768"));
    all.add(
        lookUp(
            "organ",
            "contracts",
            "Who is liable for damage to the organ of the chapel at Wexcombe?",
            "For damage to the organ of the chapel at Wexcombe the Guild of Bellfounders alone is"
                + " liable.",
            "Guild of Bellfounders"));
    all.add(
        lookUp(
            "vial",
            "laboratory",
            "Tell me the half-life that was measured for the isotope in vial 309.",
            "For the isotope in vial 309 a half-life of 13.2 hours was measured.",
            "13.2 hours"));
    all.add(
        lookUp(
            "papers",
            "voyage",
            "Name the stowaway who came aboard at Cape Sorrow.",
            "At Cape Sorrow a stowaway came aboard, one Jeronimo Vance, hidden in a barrel.",
            "Jeronimo Vance"));
    all.add(
        lookUp(
            "eclipse",
            "diary",
            "How long did the eclipse last, as seen from Camp Juniper?",
            "Seen from Camp Juniper, the eclipse lasted 4 minutes and 12 seconds.",
            "4 minutes and 12 seconds"));
    all.add(
        lookUp(
            "cabinet",
            "inventory",
            "What is kept in cabinet 531 of the Marlowe bequest?",
            "Cabinet 531 of the Marlowe bequest keeps nine ivory chessmen and no board.",
            "nine ivory chessmen"));
    all.add(
        new Question(
            "paraphrase",
            "diary",
            "Which beast alarmed our pupils?",
            List.of("A badger strayed into the schoolroom and terrified the children."),
            "badger",
            "its sentence says the same with other words: \"A badger strayed into the schoolroom"
                + " and terrified the children.\""));
    all.add(
        new Question(
            "count",
            "voyage",
            "How many times did the lookout of the Petrel report an iceberg?",
            List.of(
                "The lookout of the Petrel reported an iceberg to windward.",
                "An iceberg was reported by the lookout of the Petrel before breakfast.",
                "Iceberg on the starboard bow, reported by the lookout of the Petrel.",
                "The lookout of the Petrel reported an iceberg, low and grey.",
                "Again the lookout of the Petrel reported an iceberg, far to leeward.",
                "An iceberg in the moonlight was reported by the lookout of the Petrel.",
                "The lookout of the Petrel reported an iceberg the size of a church."),
            "seven|7",
            "its answer stands in no sentence: seven sentences have to be found and counted"));
    return List.copyOf(all);
  }
}
