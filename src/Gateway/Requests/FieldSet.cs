namespace Gateway.Requests;

/// <summary>Some of the fields that are known, a bit for each.</summary>
internal readonly record struct FieldSet(ulong Bits)
{
    public static FieldSet Of(params ReadOnlySpan<Field> fields)
    {
        var set = default(FieldSet);
        foreach (var field in fields) set |= field;
        return set;
    }

    public bool Contains(Field field) => (Bits & Bit(field)) != 0;

    public static FieldSet operator |(FieldSet set, Field field) => new(set.Bits | Bit(field));

    public static FieldSet operator |(FieldSet set, FieldSet other) => new(set.Bits | other.Bits);

    private static ulong Bit(Field field) => 1UL << (int)field;
}
