/**
 * Stand-ins for ids in examples, by what they stand for: whoever takes an example puts ids of the account in their place.
 * `fresh` is for ids that whoever creates an object chooses; each is to become one of its own.
 */
export const exampleIds = {
  thing: "11111111-1111-4111-8111-111111111111",
  otherThing: "22222222-2222-4222-8222-222222222222",
  property: "33333333-3333-4333-8333-333333333333",
  device: "44444444-4444-4444-8444-444444444444",
  trigger: "55555555-5555-4555-8555-555555555555",
  user: "66666666-6666-4666-8666-666666666666",
  otherUser: "77777777-7777-4777-8777-777777777777",
  fresh: "00000000-0000-4000-8000-000000000000",
} as const;
