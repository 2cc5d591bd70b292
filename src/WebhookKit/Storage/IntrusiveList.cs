using System.Diagnostics;

namespace WebhookKit.Storage;

/// <summary>A doubly linked list whose links are fields of its nodes: adding and removing allocate nothing and take constant time.</summary>
/// <remarks>A mutable struct: keep it in a field that is not read-only.</remarks>
internal struct IntrusiveList<TNode, TLinks>
    where TNode : class
    where TLinks : struct, ILinks<TNode>
{
    public TNode? First { get; private set; }

    public TNode? Last { get; private set; }

    public int Count { get; private set; }

    public void AddLast(TNode node) => InsertAfter(Last, node);

    /// <summary>Inserts a node behind another; <see langword="null"/> puts it first.</summary>
    public void InsertAfter(TNode? place, TNode node)
    {
        var next = place is null ? First : TLinks.Next(place);
        TLinks.Previous(node) = place;
        TLinks.Next(node) = next;
        if (place is null)
            First = node;
        else
            TLinks.Next(place) = node;

        if (next is null)
            Last = node;
        else
            TLinks.Previous(next) = node;

        Count++;
    }

    /// <summary>Removes a node, which must be in this list. Its links are cleared, so that it keeps no other node alive.</summary>
    public void Remove(TNode node)
    {
        var previous = TLinks.Previous(node);
        var next = TLinks.Next(node);
        Debug.Assert((previous is not null || First == node) && (next is not null || Last == node), "What is removed is in the list.");
        if (previous is null)
            First = next;
        else
            TLinks.Next(previous) = next;

        if (next is null)
            Last = previous;
        else
            TLinks.Previous(next) = previous;

        TLinks.Previous(node) = null;
        TLinks.Next(node) = null;
        Count--;
    }
}
