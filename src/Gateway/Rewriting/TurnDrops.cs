using Gateway.Requests;

namespace Gateway.Rewriting;

/// <summary>Parameters of the caller's that are dropped for one turn, because an upstream refused their values.</summary>
internal struct TurnDrops
{
    public FieldSet Fields { get; private set; }

    public void Add(Field field) => Fields |= field;
}
